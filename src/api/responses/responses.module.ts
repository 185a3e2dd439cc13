import { Module } from '@nestjs/common';
import { ResponsesController } from './responses.controller.js';
import { RunsModule } from '../../runs/runs.module.js';

@Module({ imports: [RunsModule], controllers: [ResponsesController] })
export class ResponsesModule {}
