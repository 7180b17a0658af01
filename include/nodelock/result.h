/*
 * nodelock: what became of a call, in numbers and in words.
 *
 * -1xx the line, -2xx key and signature, -3xx the device, -4xx installing and storage, -6xx the decision,
 * -9xx wrong use. A number is never used again for something else.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_RESULT_H
#define NODELOCK_RESULT_H

#include "base.h"

// What became of a call: NODELOCK_OK, or a negative number that has a name, NODELOCK_ERR_...
typedef int32_t nodelock_result;

// The call did what it is for.
#define NODELOCK_OK 0

// Text between records that is neither white space nor a comment.
#define NODELOCK_ERR_STRAY_TEXT -101

// The record ends before its sig= token.
#define NODELOCK_ERR_TRUNCATED -102

// The number after the keyword is not a format this version knows.
#define NODELOCK_ERR_UNSUPPORTED_FORMAT -103

// A byte that is neither printable ASCII nor white space.
#define NODELOCK_ERR_BAD_CHARACTER -104

// Longer than 1024 bytes.
#define NODELOCK_ERR_RECORD_TOO_LONG -105

// Feature name empty, too long, or with a character that names do not have.
#define NODELOCK_ERR_BAD_FEATURE -106

// Version not of the form 1.0, or not in its shortest form.
#define NODELOCK_ERR_BAD_VERSION -107

// No license type of this name.
#define NODELOCK_ERR_BAD_TYPE -108

// Neither uncounted nor a number from 1 up.
#define NODELOCK_ERR_BAD_COUNT -109

// A token that should be key=value is not.
#define NODELOCK_ERR_BAD_FIELD -110

// A key that this version does not know and that does not start with x-.
#define NODELOCK_ERR_UNKNOWN_FIELD -111

// A field given twice, or not at its place in the fixed order.
#define NODELOCK_ERR_FIELD_ORDER -112

// A field that this kind of record must have.
#define NODELOCK_ERR_MISSING_FIELD -113

// Line id not 20 lower-case hexadecimal digits.
#define NODELOCK_ERR_BAD_ID -114

// UDI not of the form PID:SN.
#define NODELOCK_ERR_BAD_UDI -115

// Date not of the form 2026-11-22, or no day of the calendar.
#define NODELOCK_ERR_BAD_DATE -116

// Period not in its one form, e.g. 60d.
#define NODELOCK_ERR_BAD_PERIOD -117

// A value that its field does not allow.
#define NODELOCK_ERR_BAD_VALUE -118

// A field that this license type does not have.
#define NODELOCK_ERR_FIELD_NOT_ALLOWED -119

// The sig= token is not KEYID:SIGNATURE in its one encoding.
#define NODELOCK_ERR_BAD_SIGNATURE_TEXT -120

// The end lies before the start.
#define NODELOCK_ERR_END_BEFORE_START -121

// No role of this name.
#define NODELOCK_ERR_BAD_ROLE -122

// The public key in a KEY record is not in its one encoding.
#define NODELOCK_ERR_BAD_KEY_TEXT -123

// The binary twin cannot be decoded, or is not in its one encoding.
#define NODELOCK_ERR_BAD_BINARY -124

// More x- fields than 4.
#define NODELOCK_ERR_TOO_MANY_EXTRAS -125

// Text that ends with a signature and does not begin with a keyword.
#define NODELOCK_ERR_DAMAGED_KEYWORD -126

// No trusted key has the id in the signature.
#define NODELOCK_ERR_UNKNOWN_KEY -201

// The signature does not belong to these bytes and this key.
#define NODELOCK_ERR_SIGNATURE_MISMATCH -202

// High-s form of a signature: valid mathematics, second encoding.
#define NODELOCK_ERR_SIGNATURE_NOT_LOW_S -203

// The key's role does not allow what it signed.
#define NODELOCK_ERR_KEY_ROLE -204

// A development key where only real keys are accepted.
#define NODELOCK_ERR_DEVELOPMENT_KEY -205

// The delegated key may not sign for this feature.
#define NODELOCK_ERR_KEY_FEATURE -206

// The delegated key may not sign for this product.
#define NODELOCK_ERR_KEY_PRODUCT -207

// Issued outside the validity of the delegated key.
#define NODELOCK_ERR_KEY_PERIOD -208

// The key id in a KEY record is not the one of its key.
#define NODELOCK_ERR_KEY_ID_MISMATCH -209

// A KEY record that is not signed by a root.
#define NODELOCK_ERR_NOT_A_ROOT -210

// All slots for delegated keys are taken.
#define NODELOCK_ERR_KEY_SLOTS_FULL -211

// The key is not a point of the curve.
#define NODELOCK_ERR_INVALID_KEY -212

// The product's own hash or verification function reported a failure.
#define NODELOCK_ERR_CRYPTO_FAILURE -213

// Locked to the UDI of another device.
#define NODELOCK_ERR_OTHER_DEVICE -301

// The device's UDI could not be read.
#define NODELOCK_ERR_UDI_UNAVAILABLE -302

// The device's UDI is not of the form that licenses can name.
#define NODELOCK_ERR_UDI_INVALID -303

// A line with this id is there already.
#define NODELOCK_ERR_ALREADY_INSTALLED -401

// Another line with the same id is there already.
#define NODELOCK_ERR_CONFLICTING_ID -402

// All slots are taken.
#define NODELOCK_ERR_SLOTS_FULL -403

// All slots for leases are taken.
#define NODELOCK_ERR_LEASES_FULL -404

// No lease has this token, or it belongs to another owner.
#define NODELOCK_ERR_NO_SUCH_LEASE -405

// The line serves a feature that is in use.
#define NODELOCK_ERR_LINE_IN_USE -406

// Built-in lines are part of the firmware.
#define NODELOCK_ERR_BUILT_IN_LINE -407

// No line with this id is installed.
#define NODELOCK_ERR_NO_SUCH_LINE -408

// No room to remember the use of another metered line.
#define NODELOCK_ERR_USAGE_FULL -409

// The storage port failed.
#define NODELOCK_ERR_STORAGE_FAILED -410

// The storage is full.
#define NODELOCK_ERR_STORAGE_FULL -411

// A stored value is damaged.
#define NODELOCK_ERR_STORAGE_CORRUPTED -412

// An evaluation subscription for this feature was installed before.
#define NODELOCK_ERR_ALREADY_EVALUATED -413

// A comment with more than 255 bytes.
#define NODELOCK_ERR_COMMENT_TOO_LONG -414

// The priority of this type cannot be changed.
#define NODELOCK_ERR_PRIORITY_FIXED -415

// The memory that the caller gave is too small.
#define NODELOCK_ERR_MEMORY_TOO_SMALL -416

// The rollback counters could not be read or raised.
#define NODELOCK_ERR_COUNTERS_FAILED -430

// The product asks for more protection than the device has.
#define NODELOCK_ERR_COUNTERS_TOO_WEAK -431

// The device secret is blank: all zeros or all ones.
#define NODELOCK_ERR_DEVICE_SECRET_BLANK -432

// Stored values have a MAC, and there is no secret.
#define NODELOCK_ERR_DEVICE_SECRET_MISSING -433

// The right was revoked.
#define NODELOCK_ERR_LICENSE_REVOKED -434

// No room to remember another revoked line.
#define NODELOCK_ERR_REVOCATIONS_FULL -435

// Flash that values cannot be kept in: pages too few, too many or too small, or other words.
#define NODELOCK_ERR_FLASH_GEOMETRY -436

// The REPAIR record is for another state of this device, or was used already.
#define NODELOCK_ERR_REPAIR_NUMBER -437

// Nothing of what the REPAIR record repairs is broken.
#define NODELOCK_ERR_NOTHING_TO_REPAIR -438

// Source and destination of a ticket are one device.
#define NODELOCK_ERR_SAME_DEVICE -501

// A file that should hold a ticket holds none.
#define NODELOCK_ERR_NO_TICKET -502

// A ticket in a file to be installed.
#define NODELOCK_ERR_TICKET_NOT_INSTALLED -503

// The ticket was applied on this device.
#define NODELOCK_ERR_TICKET_APPLIED -504

// The ticket was cancelled on this device.
#define NODELOCK_ERR_TICKET_CANCELLED -505

// No ticket with this digest was applied or cancelled here.
#define NODELOCK_ERR_TICKET_UNKNOWN -506

// The line has other units than the ticket says.
#define NODELOCK_ERR_UNITS_DIFFER -507

// A line of the ticket was given up before.
#define NODELOCK_ERR_LINE_MOVED -508

// The line is there and waits for the proof of its transfer.
#define NODELOCK_ERR_LINE_WAITS -509

// The ticket names another key than the device has.
#define NODELOCK_ERR_DEVICE_KEY_DIFFERS -510

// The ticket is from before a repair of the device.
#define NODELOCK_ERR_REPAIRS_DIFFER -511

// No room to remember another ticket.
#define NODELOCK_ERR_TICKETS_FULL -512

// A proof without its ticket, or for another one.
#define NODELOCK_ERR_PROOF_WITHOUT_TICKET -513

// No line here waits for the ticket of this proof.
#define NODELOCK_ERR_NOTHING_WAITS -514

// The proof is for a ticket to another device.
#define NODELOCK_ERR_PROOF_FOR_OTHER -515

// The proof says that nothing was given up.
#define NODELOCK_ERR_NOT_GIVEN_UP -516

// The proof was made without a device key.
#define NODELOCK_ERR_PROOF_NOT_PUBLIC -517

// The device's own signing failed.
#define NODELOCK_ERR_SIGNING_FAILED -518

// Only lines that wait or came by a ticket can be given up.
#define NODELOCK_ERR_NOT_TRANSFERRED -519

// A record that devices make, given to a device.
#define NODELOCK_ERR_FOR_VENDOR -520

// More than one ticket in a file.
#define NODELOCK_ERR_SEVERAL_TICKETS -521

// A `REVOKE` that the owner would rather not have.
#define NODELOCK_ERR_REVOKE_NOT_CANCELLED -522

// The room for what is written is too small.
#define NODELOCK_ERR_BUFFER_TOO_SMALL -523

// No installed line names the feature.
#define NODELOCK_ERR_NO_LICENSE -601

// The licensed version is lower than the one asked for.
#define NODELOCK_ERR_VERSION_TOO_LOW -602

// Fewer units are licensed than were asked for.
#define NODELOCK_ERR_COUNT_TOO_LOW -603

// The type needs clocks, acceptance or activation, which a plain check does not have.
#define NODELOCK_ERR_NEEDS_AGENT -604

// The period is over.
#define NODELOCK_ERR_EXPIRED -605

// The first day has not come yet.
#define NODELOCK_ERR_NOT_STARTED -606

// Without a clock this cannot be judged.
#define NODELOCK_ERR_CLOCK_UNKNOWN -607

// The license agreement was not accepted.
#define NODELOCK_ERR_EULA_NOT_ACCEPTED -608

// Metered and right-to-use licenses run only when they are activated or acquired.
#define NODELOCK_ERR_NOT_ACTIVATED -609

// A built-in trial, while there is a better license.
#define NODELOCK_ERR_BETTER_LICENSE -610

// The agent was not told the time in time.
#define NODELOCK_ERR_TICK_OVERDUE -611

// A level that was not chosen at boot.
#define NODELOCK_ERR_LEVEL_NOT_BOOTED -612

// The catalog has no such feature.
#define NODELOCK_ERR_UNKNOWN_FEATURE -613

// The device was started many times for a short time: rights with dates wait two minutes after each boot.
#define NODELOCK_ERR_RESTARTED_TOO_OFTEN -614

// Enough units may be licensed, and this firmware can do no more of the feature.
#define NODELOCK_ERR_MAXIMUM_REACHED -615

// A level is chosen at boot, and not acquired.
#define NODELOCK_ERR_NOT_ACQUIRABLE -616

// A line that adds no units, because an exclusive one for as many or more is there.
#define NODELOCK_ERR_ADDS_NOTHING -617

// The storage is older than the rollback counters.
#define NODELOCK_ERR_STORAGE_ROLLED_BACK -620

// It cannot be read how much of a metered line was used.
#define NODELOCK_ERR_USE_UNKNOWN -621

// It cannot be read which licenses were revoked, so no other is installed.
#define NODELOCK_ERR_REVOCATIONS_UNKNOWN -622

// It cannot be read how long the rights with dates have run, so trials wait.
#define NODELOCK_ERR_RUNNING_TIME_UNKNOWN -623

// It cannot be read whether the stored values are the latest, so trials and new licenses wait.
#define NODELOCK_ERR_MANIFEST_UNREADABLE -624

// It cannot be read which license agreements were accepted, so no other is accepted.
#define NODELOCK_ERR_AGREEMENTS_UNKNOWN -625

// A pointer that must not be NULL is.
#define NODELOCK_ERR_NULL_ARGUMENT -901

// The object was never initialised, or not successfully, or is deinitialised.
#define NODELOCK_ERR_NOT_INITIALIZED -902

// The call came from inside a callback, or while another call on the context was running.
#define NODELOCK_ERR_BUSY -903

// The size of the object is less than this library needs: that of a pointer was given, or header and library do not
// belong together.
#define NODELOCK_ERR_CTX_SIZE -904

// The size in a nodelock_config, or in another structure that has no result of its own, is none that this library
// knows, or fields it does not know are set: it was not set, or header and library do not belong together.
#define NODELOCK_ERR_CONFIG_SIZE -905

// The slots are smaller than this library needs: header and library do not belong together.
#define NODELOCK_ERR_SLOT_SIZE -906

// A flag that this library does not know, or a reserved field that is not 0.
#define NODELOCK_ERR_CONFIG_FLAGS -907

// The callback read_udi is missing.
#define NODELOCK_ERR_NO_READ_UDI -908

// Some of the three callbacks for SHA-256 are missing; or all are, and this library was built
// without a hash.
#define NODELOCK_ERR_NO_SHA256 -909

// The callback verify_signature is missing, and this library was built without a signature
// check.
#define NODELOCK_ERR_NO_VERIFY_SIGNATURE -910

// No trust anchor: nothing could ever be licensed.
#define NODELOCK_ERR_NO_ANCHORS -911

// More trust anchors than NODELOCK_MAX_ANCHORS.
#define NODELOCK_ERR_TOO_MANY_ANCHORS -912

// No slots: nothing could ever be installed.
#define NODELOCK_ERR_NO_SLOTS -913

// The array of slots would be larger than any object can be.
#define NODELOCK_ERR_TOO_MANY_SLOTS -914

// A length that no object can have, above PTRDIFF_MAX.
#define NODELOCK_ERR_LENGTH -915

// A pointer that is not aligned for its type.
#define NODELOCK_ERR_ALIGNMENT -916

// There is no element with this index.
#define NODELOCK_ERR_NO_SUCH_INDEX -917

// Some of the callbacks for storage, for rollback counters or of a nodelock_flash_port are missing.
#define NODELOCK_ERR_NO_STORAGE -918

// The catalog has no features, or more than 1024.
#define NODELOCK_ERR_CATALOG_SIZE -919

// A name in the catalog that no license can have.
#define NODELOCK_ERR_CATALOG_NAME -920

// Two features of the catalog have the same name.
#define NODELOCK_ERR_CATALOG_DUPLICATE -921

// A feature of the catalog includes itself, a level, or a name that is not there.
#define NODELOCK_ERR_CATALOG_INCLUDE -922

// Levels of the catalog that do not fit together: a module without a package, a rank above 255 or given
// twice, a package without rank 0, a rank 0 with trial or agreement, or a level that is counted.
#define NODELOCK_ERR_CATALOG_LEVEL -923

// A maximum in the catalog above 999999999999.
#define NODELOCK_ERR_CATALOG_MAXIMUM -924

// A name of an agreement in the catalog that no license can have.
#define NODELOCK_ERR_CATALOG_EULA -925

// A trial in the catalog of more than 100 years.
#define NODELOCK_ERR_CATALOG_TRIAL -926

// No room for another job: all wait, run, or have been over for less than five minutes.
#define NODELOCK_ERR_JOBS_FULL -927

// There is no such job.
#define NODELOCK_ERR_NO_SUCH_JOB -928

// The job is not in the state for this call.
#define NODELOCK_ERR_JOB_STATE -929

// A callback that takes output has failed.
#define NODELOCK_ERR_OUTPUT -930

// A table of nodelock_config.pinned is missing, damaged, or of another size.
#define NODELOCK_ERR_PINNED_TABLE -931

// Of nodelock_std.h: the directory is open already, here or in another process.
#define NODELOCK_ERR_STORAGE_IN_USE -932

// Of nodelock_std.h: the operating system refuses; its own text can be asked for.
#define NODELOCK_ERR_SYSTEM -933

// Of nodelock_std.h: there is no such command.
#define NODELOCK_ERR_NO_SUCH_COMMAND -934

// As NODELOCK_ERR_CONFIG_SIZE, for a nodelock_agent_config or the features that it leads to.
#define NODELOCK_ERR_AGENT_CONFIG_SIZE -935

// The same for a nodelock_agent_memory, or slots that are smaller than this library needs.
#define NODELOCK_ERR_AGENT_MEMORY_SIZE -936

// The same for a nodelock_jobs_memory and its slots.
#define NODELOCK_ERR_JOBS_MEMORY_SIZE -937

// The array features of nodelock_agent_memory has fewer elements than the catalog has features.
#define NODELOCK_ERR_MEMORY_FEATURES -938

// The array catalog of nodelock_agent_memory has fewer elements than the catalog has features.
#define NODELOCK_ERR_MEMORY_CATALOG -939

// The array names of nodelock_agent_memory has fewer elements than all includes lists of the catalog together.
#define NODELOCK_ERR_MEMORY_NAMES -940

// The buffer scratch of nodelock_agent_memory has fewer than NODELOCK_SCRATCH_MIN bytes.
#define NODELOCK_ERR_MEMORY_SCRATCH -941

// A wall clock later than the year 2199: it counts in something other than seconds.
#define NODELOCK_ERR_WALL -942

// The day on which the firmware was built is neither 0 nor a day from 2020 to 2079 in days since 1970-01-01.
#define NODELOCK_ERR_BUILT -943

// A nodelock_flash that was not mounted, or not successfully.
#define NODELOCK_ERR_FLASH_NOT_MOUNTED -944

// An argument, or a field of one, has a value that the header does not list for it.
#define NODELOCK_ERR_ARGUMENT -945

// The key id in a trust anchor of the configuration is not the one of its key.
#define NODELOCK_ERR_ANCHOR_KEY_ID -946

// The uptime runs about a thousand or a million times as fast as the wall clock: it counts in something other than
// seconds.
#define NODELOCK_ERR_UPTIME -947

// A text, a path or a file that must have at least one byte has none.
#define NODELOCK_ERR_EMPTY -948

// The buffer that the caller gave is too small.
#define NODELOCK_ERR_BUFFER -949

// A string without a NUL in as many bytes as it may have at most.
#define NODELOCK_ERR_TEXT_TOO_LONG -950

// charge_interval of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
#define NODELOCK_ERR_CHARGE_INTERVAL -951

// back_tolerance of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
#define NODELOCK_ERR_BACK_TOLERANCE -952

// forward_bound of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
#define NODELOCK_ERR_FORWARD_BOUND -953

// forward_wait of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
#define NODELOCK_ERR_FORWARD_WAIT -954

// The file holds no record at all: it is no license file, or in a form that this function does not read.
#define NODELOCK_ERR_NO_RECORD -955

// Of nodelock_std.h: the user of the callbacks is no nodelock_std_host that is open.
#define NODELOCK_ERR_STORAGE_NOT_OPEN -956

// The feature has no license agreement in the catalog.
#define NODELOCK_ERR_NO_AGREEMENT -957

// The feature is no level.
#define NODELOCK_ERR_NOT_A_LEVEL -958

// A reserved field is not 0.
#define NODELOCK_ERR_RESERVED -959

// A flag, or a field, of a feature in the catalog that does nothing without another one, which is not set.
#define NODELOCK_ERR_CATALOG_HALF -960

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// What is wrong: one sentence without its full stop.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_result_text(nodelock_result result);

// What the reader can do about it: one sentence without its full stop.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_result_remedy(nodelock_result result);

// The short name, e.g. "unknown-key": the same in every language and in machine-readable output.
//
// result  Any number; for one that is no result of this library it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_result_name(nodelock_result result);

// A verdict in words: "granted", or the text of the reason of a denial. The 0 of nodelock_granted and
// nodelock_agent_granted has no reason; its text says where to ask for one.
//
// verdict  Any number; for one that is no verdict of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_verdict_text(nodelock_verdict verdict);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_RESULT_H */
