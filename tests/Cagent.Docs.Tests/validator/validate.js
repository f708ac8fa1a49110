// SPDX-License-Identifier: Apache-2.0
// Standard input: {"schema": …, "documents": {name: value}}. Standard output: {name: [{path, keyword, key}]}.
const Ajv2020 = require("ajv/dist/2020");

const { schema, documents } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
const validate = ajv.compile(schema);
const answers = {};
for (const [name, value] of Object.entries(documents)) {
  answers[name] = validate(value)
    ? []
    : validate.errors.map((error) => ({
        path: error.instancePath,
        keyword: error.keyword,
        key: error.params.additionalProperty ?? error.params.missingProperty ?? error.params.propertyName ?? null,
      }));
}
process.stdout.write(JSON.stringify(answers));
