import { Module } from '@nestjs/common';
import { TemplateService } from './template.service.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [StorageModule], providers: [TemplateService], exports: [TemplateService] })
export class TemplatesModule {}
