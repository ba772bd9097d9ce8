"""What the engine writes to members of staff, in Japanese and English."""
