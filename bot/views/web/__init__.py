"""The pages: values in, HTML out."""
