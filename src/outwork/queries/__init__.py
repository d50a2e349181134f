"""Set-based reads: reports, availability, where-used, trace."""
