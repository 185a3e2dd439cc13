/** What packages of ours look for and do without: no bundle has them. */
export const optionalPackages = [
  /^@nestjs\/(microservices|websockets|platform-express|typeorm|mongoose|sequelize|axios)/,
  /^@mikro-orm\//,
  /^@prisma\//,
  /^@grpc\//,
  '@fastify/multipart',
  '@fastify/view',
  'pg-native',
  'typeorm',
  'mongoose',
  'sequelize',
];
