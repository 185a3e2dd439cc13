import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';

@Module({})
class CommandModule {}

/**
 * Does a command's work over the gateway's own services and data, whether it runs or not. The log says nothing: what stands between the lines of a program that
 * reads them is not the log's.
 *
 * @param imports the modules that it needs beside configuration and log
 * @throws ConfigurationError where the configuration cannot be used
 */
export async function inContext<T>(imports: readonly (Type | DynamicModule)[], work: (app: INestApplicationContext) => Promise<T> | T): Promise<T> {
  process.env['LOG_LEVEL'] = 'silent';
  const module: DynamicModule = { module: CommandModule, imports: [ConfigModule.forRoot(), ObservabilityModule, ...imports] };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
