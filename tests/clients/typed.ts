// A frontend in TypeScript, checked against the schema: what is asked is what is typed.
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

const graphql = initGraphQLTada<{ introspection: introspection; scalars: { ID: string; Score: number; Date: string; DateTime: string } }>();

const paths = graphql(`
  query Paths($domain: String!, $first: Int) {
    introPaths(input: { to: { domain: $domain } }, first: $first) {
      nodes { key verdict people { id name } hops { probability tie { strength factors { logOdds } } } }
      miss { reason people { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

type Answer = import('gql.tada').ResultOf<typeof paths>;
type Variables = import('gql.tada').VariablesOf<typeof paths>;

export const variables: Variables = { domain: 'globex.example', first: 3 };

export function names(answer: Answer): string[] {
  const people = answer.introPaths.nodes.flatMap((path) => path.people);
  return people.map((person) => person?.name ?? 'somebody');
}

// @ts-expect-error a domain is needed
export const incomplete: Variables = { first: 3 };

// @ts-expect-error there is no such field
export const wrong = (answer: Answer) => answer.introPaths.nodes[0].nothing;
