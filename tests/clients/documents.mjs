// Documents that the reference implementation of GraphQL judges; the service must judge alike.
import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { authorization, check, done, url } from './setting.mjs';

const schema = buildSchema(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));
const by = '{id: "person_00000000000000000000000000000001"}';
const page = 'people(first: 1) { nodes { id } }';

const documents = [
  // Plain questions.
  '{ viewer { role } }', '{ __typename }', 'query { viewer { role } }', 'query A { viewer { role } }',
  '{ a: viewer { b: role } }', `{ ${page} }`, `query A { ${page} } query B { viewer { role } }`,
  '{ viewer { role login } viewer { role } }', '{viewer{role,,,login}}', '\uFEFF{ viewer { role } }',
  '# a comment\n{ viewer { role } # another\n }', '{ viewer { ... { role } } }',
  // Syntax.
  '', '{', '}', '{ }', '{ viewer { } }', '{ viewer { role }', '{ viewer role } }', 'viewer { role }',
  '{ viewer { role } } }', '{ 1viewer }', '{ viewer(: 1) { role } }', '{ viewer() { role } }',
  '{ a: }', '{ ...}', '{ ... on }', 'query A($x) { viewer { role } }', 'query ($x: Int = $y) { viewer { role } }',
  '{ search(query: "a\nb") { nodes { __typename } } }', '{ search(query: "\\x") { nodes { __typename } } }',
  '{ search(query: "\\u12") { nodes { __typename } } }', 'fragment on on Query { __typename }',
  '{ ...on } fragment on on Query { __typename }', '{ people(first: 01) { nodes { id } } }',
  '{ people(first: 1.) { nodes { id } } }', '{ people(first: 1a) { nodes { id } } }', '{ people(first: -) { nodes { id } } }',
  'query A { viewer { role } } { viewer { role } }', 'subscription { __typename', '{ viewer { role @ } }',
  '"a description" { viewer { role } }', '{ viewer { role } } type A { a: Int }', 'extend type Query { a: Int }',
  // Texts.
  '{ search(query: "\\u{1F600}") { nodes { __typename } } }', '{ search(query: "\\uD83D\\uDE00") { nodes { __typename } } }',
  '{ search(query: "\\uD83D") { nodes { __typename } } }', '{ search(query: "\\uDE00\\uD83D") { nodes { __typename } } }',
  '{ search(query: "\\u{110000}") { nodes { __typename } } }', '{ search(query: """a "b" \\""" c""") { nodes { __typename } } }',
  '{ search(query: """\n  a\n    b\n  """) { nodes { __typename } } }', '{ search(query: "") { nodes { __typename } } }',
  // Fields, arguments and their types.
  '{ nothing }', '{ viewer }', '{ viewer { role { a } } }', '{ viewer { nothing } }', '{ people { nodes } }',
  '{ people(first: "1") { nodes { id } } }', '{ people(first: 1.0) { nodes { id } } }', '{ people(first: 99999999999) { nodes { id } } }',
  '{ people(first: null) { nodes { id } } }', '{ people(frist: 1) { nodes { id } } }', '{ people(first: 1, first: 2) { nodes { id } } }',
  '{ people(first: [1]) { nodes { id } } }', '{ people(first: A) { nodes { id } } }', '{ people(first: {a: 1}) { nodes { id } } }',
  '{ node { id } }', '{ node(id: null) { id } }', '{ node(id: 1) { id } }', '{ node(id: 1.5) { id } }', '{ node(id: "a") { id name } }',
  '{ nodes(ids: "a") { id } }', '{ nodes(ids: ["a", null]) { id } }', '{ nodes(ids: [["a"]]) { id } }',
  // Input objects, of which one field must be given.
  `{ person(by: ${by}) { id } }`, '{ person(by: {}) { id } }', '{ person(by: {id: "a", email: "b"}) { id } }', '{ person(by: {id: null}) { id } }',
  '{ person(by: {nothing: 1}) { id } }', '{ person(by: {id: "a", id: "b"}) { id } }', '{ person(by: "a") { id } }', '{ person(by: null) { id } }',
  'query ($id: ID!) { person(by: {id: $id}) { id } }', 'query ($id: ID) { person(by: {id: $id}) { id } }',
  'query ($by: PersonBy!) { person(by: $by) { id } }', 'query ($by: PersonBy) { person(by: $by) { id } }', 'query ($by: PersonBy = {}) { viewer { role } person(by: {id: "a"}) { id } }',
  '{ introPaths(input: {to: {domain: "globex.example"}}) { nodes { key } } }', '{ introPaths(input: {}) { nodes { key } } }',
  '{ introPaths(input: {to: {domain: "a"}, maxSteps: "2"}) { nodes { key } } }', '{ introPaths(input: {to: [{domain: "a"}]}) { nodes { key } } }',
  // Variables.
  `query ($n: Int) { people(first: $n) { nodes { id } } }`, 'query ($n: Int!) { people(first: $n) { nodes { id } } }', 'query ($n: Int = 3) { people(first: $n) { nodes { id } } }',
  'query ($n: String) { people(first: $n) { nodes { id } } }', 'query ($n: Int = "3") { people(first: $n) { nodes { id } } }', 'query ($n: Nothing) { people(first: $n) { nodes { id } } }',
  'query ($n: Int, $n: Int) { people(first: $n) { nodes { id } } }', 'query ($n: Int) { viewer { role } }', '{ people(first: $n) { nodes { id } } }',
  'query ($n: Person) { people(first: 1) { nodes { id } } }', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', 'query ($ids: [ID]!) { nodes(ids: $ids) { id } }', 'query ($ids: ID!) { nodes(ids: $ids) { id } }',
  'query ($id: ID) { node(id: $id) { id } }', 'query ($id: ID = "a") { node(id: $id) { id } }', 'query ($n: Int) { ...A } fragment A on Query { people(first: $n) { nodes { id } } }',
  'query A($n: Int) { ...A } query B { ...A } fragment A on Query { people(first: $n) { nodes { id } } }',
  'query ($s: Boolean!) { __typename @include(if: $s) }', 'query ($s: Boolean) { __typename @include(if: $s) }', 'query ($s: Boolean = true) { __typename @include(if: $s) }', 'query ($s: Boolean! = true) { viewer { role @skip(if: $s) } }',
  // Directives.
  '{ viewer { role @skip(if: true) } }', '{ viewer { role @skip } }', '{ viewer { role @skip(if: 1) } }', '{ viewer { role @skip(if: true) @skip(if: false) } }', '{ viewer { role @nothing } }',
  '{ __typename @nothing }', '{ __typename @skip }', '{ __typename @skip(if: true) @skip(if: false) }', '{ __typename @skip(iff: true) }', '{ __typename @deprecated }',
  'query @skip(if: true) { viewer { role } }', '{ ... @include(if: true) { viewer { role } } }', '{ ...A @skip(if: false) } fragment A on Query { viewer { role } }',
  'fragment A on Query @skip(if: true) { viewer { role } } { ...A }', 'query ($n: Int @skip(if: true)) { people(first: $n) { nodes { id } } }', '{ viewer { role @cost(weight: 1) } }',
  // Fragments.
  '{ ...A } fragment A on Query { viewer { role } }', '{ ...A }', '{ viewer { role } } fragment A on Query { viewer { role } }', '{ ...A ...A } fragment A on Query { __typename }',
  '{ ...A } fragment A on Query { ...A }', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', '{ ...A } fragment A on Nothing { a }', '{ ...A } fragment A on Int { a }',
  '{ ...A } fragment A on Person { id }', '{ ...A } fragment A on Query { __typename } fragment A on Query { __typename }', '{ viewer { ... on Query { __typename } } }', '{ ... on PersonBy { id } }',
  '{ node(id: "a") { ... on Person { name } ... on Company { name } } }', '{ node(id: "a") { ... on Viewer { role } } }', '{ search(query: "a") { nodes { ... on Person { name } } } }', '{ search(query: "a") { nodes { name } } }',
  '{ search(query: "a") { nodes { __typename } } }',
  // Fields that cannot stand in one place.
  '{ viewer { a: role a: login } }', '{ viewer { role role } }', `{ people(first: 1) { nodes { id } } people(first: 2) { nodes { id } } }`, '{ a: people(first: 1) { nodes { id } } a: people(first: 1) { nodes { name } } }',
  '{ x: __type(name: "A") { y: name } x: __type(name: "A") { y: kind } }', '{ ...A ...B } fragment A on Query { x: viewer { y: role } } fragment B on Query { x: viewer { y: login } }',
  '{ node(id: "a") { ... on Person { x: name } ... on Company { x: name } } }', '{ node(id: "a") { ... on Person { x: name } ... on Company { x: id } } }', '{ node(id: "a") { ... on Person { x: emails } ... on Company { x: name } } }',
  '{ x: viewer { role } x: __typename }', '{ __typename { a } }', '{ viewer: __typename viewer { role } }',
  // Mutations and subscriptions.
  'mutation { nothing }', 'mutation { createCompany(input: {}) { company { id } } }', 'mutation { createCompany { company { id } } }', 'mutation { createCompany(input: {name: 1}) { company { id } } }',
  'subscription { importProgress(id: "a") { read } other: importProgress(id: "b") { read } }', 'subscription { importProgress { read } }', 'subscription { nothing }', 'subscription { __typename }',
  'subscription { ...A } fragment A on Subscription { importProgress(id: "a") { read } b: importProgress(id: "b") { read } }',
  // The schema.
  '{ __schema { queryType { name } } }', '{ __type(name: "Person") { fields { name } } }', '{ __type { name } }', '{ __schema { nothing } }', '{ viewer { __schema { queryType { name } } } }',
  '{ __type(name: "Person") { fields(includeDeprecated: true) { name } } }', '{ __type(name: "Person") { fields(includeDeprecated: 1) { name } } }', '{ __type(name: "PersonBy") { isOneOf } }',
  '{ __type(name: "Person") { fields(includeDeprecated: null) { name } } }',
  getIntrospectionQuery(), getIntrospectionQuery({ descriptions: false }),
  getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true }),
];

/**
 * Refused by the specification of September 2025 (All Variable Usages Are Allowed): a variable for a
 * field of a `@oneOf` input must not be nullable. graphql-js 16.15 has the rule, and does not reach it.
 */
const refusedBySpecification = ['query ($id: ID) { person(by: {id: $id}) { id } }'];

/** The code by which the service refuses a document before it runs, if it does. */
async function refusal(query) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, text/event-stream', ...authorization },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) return undefined;
  const { data, errors } = JSON.parse(text);
  return data === undefined ? errors?.[0]?.extensions?.code : undefined;
}

function judged(query) {
  if (refusedBySpecification.includes(query)) return 'GRAPHQL_VALIDATION_FAILED';
  let document;
  try {
    document = parse(query);
  } catch {
    return 'GRAPHQL_PARSE_FAILED';
  }
  return validate(schema, document).length ? 'GRAPHQL_VALIDATION_FAILED' : undefined;
}

// Neither is said of the document alone.
const ofTheRequest = ['BAD_USER_INPUT', 'OPERATION_RESOLUTION_FAILURE', 'NOT_FOUND'];
for (const query of new Set(documents)) {
  await check(query.slice(0, 160), async () => {
    const [ours, theirs] = [await refusal(query), judged(query)];
    const same = ours === theirs || (!theirs && ofTheRequest.includes(ours)) || (theirs && ours && !ofTheRequest.includes(ours));
    if (!same) throw new Error(`the service says ${ours}, graphql-js ${theirs}`);
  });
}
await check('fields come in the order in which they are asked for', async () => {
  const query = '{ viewer { role login } ...A c: __typename a: __typename } fragment A on Query { b: __typename viewer { scopes } }';
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...authorization }, body: JSON.stringify({ query }) });
  const { data } = await response.json();
  const keys = [Object.keys(data), Object.keys(data.viewer)].join(' ');
  if (keys !== 'viewer,b,c,a role,login,scopes') throw new Error(keys);
});
done(100);
