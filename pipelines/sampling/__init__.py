"""Statistical sampling of findings and claims: draw, plan, estimate. docs/sampling.md tells what each estimator is."""
