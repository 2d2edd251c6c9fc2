"""Holds an exchange with the running server against docs/openapi.yaml.

    contract = Contract("docs/openapi.yaml")
    faults = contract.faults("GET", "/api/v1/sessions/7", 200, "application/json", body)

An empty list means that the answer is one that the document allows. Needs PyYAML and jsonschema.
"""

import json
import re

import yaml
from jsonschema import Draft202012Validator, FormatChecker


class Contract:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        # Fixed parts win over parameters: fewest braces first.
        self.templates = sorted(self.document["paths"], key=lambda template: template.count("{"))
        self.seen = set()

    def operations(self):
        """Every (method, template) of the document."""
        return {(method.upper(), template) for template, item in self.document["paths"].items() for method in item}

    def unseen(self):
        """What no exchange has asked yet: a complete run leaves nothing."""
        return self.operations() - self.seen

    def template(self, path):
        path = path.split("?")[0]
        for template in self.templates:
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
                return template
        return None

    def faults(self, method, path, status, content_type, body):
        template = self.template(path)
        operation = self.document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return [f"{method} {path} is not in the document"]
        self.seen.add((method, template))
        response = self._resolved(operation["responses"].get(str(status)))
        if response is None:
            return [f"{method} {template}: the document knows no answer {status}"]
        content = response.get("content")
        if not content:
            return [f"{method} {template} {status}: a body where there should be none"] if body else []
        media = (content_type or "").split(";")[0].strip()
        if media not in content:
            return [f"{method} {template} {status}: {media!r} instead of {', '.join(content)}"]
        if media == "text/event-stream":
            return []
        value = body.decode() if media == "text/plain" else json.loads(body)
        return [f"{method} {template} {status}: {fault}" for fault in self._against(content[media]["schema"], value)]

    def event_faults(self, data):
        """Of the `data` of one event of the stream, other than `reset`."""
        return self._against({"$ref": "#/components/schemas/FactEvent"}, json.loads(data))

    def _resolved(self, node):
        while node and "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def _against(self, schema, instance):
        whole = {**schema, "components": self.document["components"]}
        errors = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(instance)
        return [f"{'.'.join(map(str, error.absolute_path)) or 'body'}: {error.message[:200]}" for error in errors]
