"""The pages of mediation bodies, their mediators, and of the administrators who keep them."""
