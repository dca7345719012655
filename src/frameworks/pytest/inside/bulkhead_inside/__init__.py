"""What Bulkhead runs inside the user's pytest. Python 3.8 and later; pytest 7 and later."""
