"""What strategies cost, how they compare with public code, and what came out."""
