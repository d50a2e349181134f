"""The table of contents of the business: one verb a file, each an operation in five beats."""
