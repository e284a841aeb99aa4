"""A notebook that answers: `%%assistant` binds a notebook to an assistant thread."""
