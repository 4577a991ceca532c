"""Knowledge of the OMOP Common Data Model 5.4, as data: see ``pack.yaml`` beside this file."""
