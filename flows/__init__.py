"""What runs and in which order: the only home of Prefect."""
