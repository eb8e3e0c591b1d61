// What a user starts by ./run cluster, taken for one service: its one address.
import { join } from 'node:path';
import { repository } from './environment.js';
import { Service } from './service.js';

export class ClusterService extends Service {
  command() {
    const data = join(this.home, 'data');
    return [join(repository, 'run'), 'cluster', '--silos', '2', '--gateways', '2', '--port', String(this.port), '--data', data, '--verbose'];
  }
}
