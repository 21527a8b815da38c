"""Flask routes beside the Dash page: pictures, numbers under the cursor, headers."""
