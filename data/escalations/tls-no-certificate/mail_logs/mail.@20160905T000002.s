Mon Sep  5 00:00:02 2016 Info: Begin Logfile
Mon Sep  5 00:00:02 2016 Info: Version: 9.7.1-066 SN: 848F69E6B0B0-FCH0000B0B0
Mon Sep  5 00:00:02 2016 Info: Time offset from UTC: -14400 seconds
Mon Sep  5 16:20:11 2016 Info: MID 661204 quarantined to "Policy" (content filter:hold_macros)
Mon Sep  5 16:20:11 2016 Info: New SMTP DCID 118401 interface 10.44.3.25 address 198.51.100.7 port 25
Mon Sep  5 16:20:11 2016 Info: DCID 118401 TLS failed: STARTTLS unexpected response
Mon Sep  5 16:20:11 2016 Info: Delivery start DCID 118401 MID 661203 to RID [0]
Mon Sep  5 16:20:12 2016 Info: Message done DCID 118401 MID 661203 to RID [0] [('X-SBRS', 'None')]
Mon Sep  5 16:20:17 2016 Info: DCID 118401 close
Mon Sep  5 16:41:03 2016 Info: New SMTP DCID 118412 interface 10.44.3.25 address 10.44.3.10 port 7025
Mon Sep  5 16:41:03 2016 Info: DCID 118412 TLS failed: verify error: no certificate from server
Mon Sep  5 16:41:03 2016 Info: DCID 118412 TLS was required but could not be successfully negotiated
Mon Sep  5 16:46:04 2016 Info: New SMTP DCID 118415 interface 10.44.3.25 address 10.44.3.10 port 7025
Mon Sep  5 16:46:04 2016 Info: DCID 118415 TLS failed: verify error: no certificate from server
Mon Sep  5 16:46:04 2016 Info: DCID 118415 TLS was required but could not be successfully negotiated
Mon Sep  5 23:59:58 2016 Info: End Logfile
