Sun Nov  5 00:00:03 2023 Info: Begin Logfile
Sun Nov  5 00:00:03 2023 Info: Version: 14.2.3-027 SN: 564D0000E1E1E1E1-E1E1E1E1
Sun Nov  5 00:00:03 2023 Info: Time offset from UTC: 0 seconds
Sun Nov  5 16:20:44 2023 Info: New SMTP DCID 20771 interface 10.30.2.8 address 10.30.2.60 port 7025
Sun Nov  5 16:20:44 2023 Info: DCID 20771 TLS failed: verify error: no certificate from server
Sun Nov  5 16:20:44 2023 Info: DCID 20771 TLS was required but could not be successfully negotiated
Sun Nov  5 16:25:45 2023 Info: New SMTP DCID 20774 interface 10.30.2.8 address 10.30.2.60 port 7025
Sun Nov  5 16:25:45 2023 Info: DCID 20774 TLS failed: verify error: no certificate from server
Sun Nov  5 16:25:45 2023 Info: DCID 20774 TLS was required but could not be successfully negotiated
Sun Nov  5 18:02:11 2023 Info: New SMTP DCID 20802 interface 10.30.2.8 address 192.0.2.77 port 25
Sun Nov  5 18:02:12 2023 Info: DCID 20802 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Sun Nov  5 18:02:12 2023 Info: Delivery start DCID 20802 MID 71190 to RID [0]
Sun Nov  5 18:02:12 2023 Info: Message done DCID 20802 MID 71190 to RID [0]
Sun Nov  5 18:02:17 2023 Info: DCID 20802 close
Sun Nov  5 23:59:59 2023 Info: End Logfile
