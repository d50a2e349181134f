"""Pure rules of the business: no Django, no database; frozen data in, plans and refusals out."""
