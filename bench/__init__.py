"""One file a benchmark, run by `huiyin bench NAME` from a checkout."""
