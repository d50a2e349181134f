"""What happens after commit, from events: mail, files, webhooks."""
