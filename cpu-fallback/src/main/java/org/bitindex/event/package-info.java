/** What Java Flight Recorder sees; docs/observability.md describes it. Not for users. */
@NullMarked
package org.bitindex.event;

import org.jspecify.annotations.NullMarked;
