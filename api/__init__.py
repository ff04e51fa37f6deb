"""HTTP in: scans, objections, the desk."""
