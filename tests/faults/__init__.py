"""What breaks from outside: killed processes, full disks. Real servers on a site of their own (bench/street)."""
