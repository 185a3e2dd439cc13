function noSchemas(): never {
  throw new Error('a route has a schema, which nothing here compiles');
}

/** For Fastify: no route has a schema of its own kind, and its compilers would be loaded all the same. */
export const schemaController = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };
