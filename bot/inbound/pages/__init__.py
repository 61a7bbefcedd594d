"""The pages and the API: who asks, what they may, and the HTML or JSON that answers."""
