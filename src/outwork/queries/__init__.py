"""Set-based reads: what the pages, the API, the command line and the operations ask for."""
