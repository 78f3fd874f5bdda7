// The schema as a linter of GraphQL sees it, with a list of what it may say, and why.
import { ESLint } from 'eslint';
import graphql from '@graphql-eslint/eslint-plugin';
import { check, done } from './setting.mjs';

/** [rule, what it says, why that is right here]; one that nothing is said of any more fails. */
const exceptions = [
  ['strict-id-in-types', /must have exactly one non-nullable unique identifier/,
    'values, edges and payloads are not things: what is one has an id and implements Node'],
  ['relay-edge-types', /A list type should only wrap an edge type/,
    'lists that are short by their nature, such as the hops of a path, have no pages'],
  ['relay-edge-types', /must implement `Node` interface/,
    'pages hold values too: a path depends on who asks, and has no id'],
  ['relay-arguments', /must contain an argument `(last|before)`/,
    'pages go forward: what is best comes first, and nobody asks for the worst'],
  ['no-typename-prefix', /Field "parts" starts with the name of the parent type "Parts"/,
    'the parts of a person are called so everywhere'],
  ['no-unreachable-types', /Directive `specifiedBy` is unreachable/,
    'it is of the specification, and printed by the library'],
];

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: { ...graphql.configs['flat/schema-recommended'].rules, ...graphql.configs['flat/schema-relay'].rules },
  },
});

const [{ messages }] = await eslint.lintFiles(['schema.graphql']);
const unused = new Set(exceptions);
for (const { ruleId, message, line } of messages) {
  const found = exceptions.find(([rule, says]) => ruleId === `@graphql-eslint/${rule}` && says.test(message));
  if (found) unused.delete(found);
  else await check(`line ${line}: ${ruleId}`, () => { throw new Error(message); });
}
for (const exception of exceptions) {
  await check(`${exception[0]} is still needed`, () => {
    if (unused.has(exception)) throw new Error(`nothing is said of ${exception[1]}`);
  });
}
done(exceptions.length);
