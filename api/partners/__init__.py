"""The pages of those who bring new customers: each partner sees what is the partner's own, and nothing else."""
