"""Mathematics for people who learn: read a question, plan code that answers it, say what came out."""
