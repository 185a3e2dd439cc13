import { Module } from '@nestjs/common';
import { CompletionsController } from './completions.controller.js';
import { SimpleOperation, SimpleStreamOperation } from './simple.operation.js';
import { JobsApiModule } from '../jobs/jobs.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { TemplatesModule } from '../../templates/templates.module.js';

@Module({ imports: [JobsApiModule, RunsModule, TemplatesModule], controllers: [CompletionsController], providers: [SimpleOperation, SimpleStreamOperation] })
export class CompletionsModule {}
