"""The records HR keeps: people and staff, as Excel and an ATS write them."""
