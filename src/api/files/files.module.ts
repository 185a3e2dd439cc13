import { Module } from '@nestjs/common';
import { FilesController } from './files.controller.js';
import { FilesModule } from '../../files/files.module.js';

@Module({ imports: [FilesModule], controllers: [FilesController] })
export class FilesApiModule {}
