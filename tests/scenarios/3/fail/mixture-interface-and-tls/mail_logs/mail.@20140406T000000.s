Sun Apr  6 11:00:00 2014 Info: New SMTP DCID 70 interface 198.51.100.18 address 198.51.100.17 port 7025
Sun Apr  6 11:00:00 2014 Info: DCID 70 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-SHA384 for the.cpq.host
