"""The verbs of the business: one public function each, in five beats."""
