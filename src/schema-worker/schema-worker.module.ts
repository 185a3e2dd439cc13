import { Module } from '@nestjs/common';
import { ClientSchemas } from './client-schemas.js';

@Module({ providers: [ClientSchemas], exports: [ClientSchemas] })
export class SchemaWorkerModule {}
