"""What tests of typeset papers share."""


def alternative_texts(node):
    node = node.get_object()
    if isinstance(node, dict):
        if "/Alt" in node:
            yield str(node["/Alt"])
        node = node.get("/K", [])
        node = node.get_object() if hasattr(node, "get_object") else node
        node = node if isinstance(node, list) else [node]
    if isinstance(node, list):
        for each in node:
            yield from alternative_texts(each)
