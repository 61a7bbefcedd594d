"""What people do on the pages."""
