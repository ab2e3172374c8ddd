"""What `bench text` measures beside: peers and made-up copies."""
