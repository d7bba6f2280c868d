"""What stands before every address: hosts, headers, limits, and answers that were seen before."""
