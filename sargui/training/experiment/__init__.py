"""The experiment: what each attention variant brings and costs, all fine-tuned alike from one baseline."""
