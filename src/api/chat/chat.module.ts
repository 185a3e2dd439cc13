import { Module } from '@nestjs/common';
import { ChatController } from './chat.controller.js';
import { ChatOperation } from './chat.operation.js';
import { JobsApiModule } from '../jobs/jobs.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { TemplatesModule } from '../../templates/templates.module.js';

@Module({ imports: [JobsApiModule, RunsModule, TemplatesModule], controllers: [ChatController], providers: [ChatOperation] })
export class ChatModule {}
