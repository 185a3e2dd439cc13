import { Observable, Subject } from 'rxjs';

/** A hand-driven source that counts how often it was subscribed to and left. A completed or failed source counts as left. */
export class WatchedSource<T> {
  readonly subject = new Subject<T>();
  subscribed = 0;
  left = 0;

  readonly stream = new Observable<T>((subscriber) => {
    this.subscribed++;
    subscriber.add(() => {
      this.left++;
    });
    subscriber.add(this.subject.subscribe(subscriber));
  });
}
