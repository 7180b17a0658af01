/* A device with files: its story over two boots, and who else may open its directory. */
#include "hosted.h"

static hosted self;

/* Installs what a program has in memory, by way of a file. */
#define FROM_FILE(name, data)                                        \
    do {                                                             \
        hosted_write(&self, name, data, sizeof data);                \
        CHECK(snprintf(command, sizeof command, "license install %s", \
                       hosted_path(&self, name)) > 0);               \
    } while (0)

/* What a program reads itself comes out as the library takes it. */
static void read_by_the_program(void)
{
    static uint8_t mail[sizeof FILE_COUNTED + 16];
    static uint8_t bytes[sizeof mail];
    size_t len = 77;

    memcpy(mail, "Hello,\n> ", 9);
    memcpy(mail + 9, FILE_COUNTED, sizeof FILE_COUNTED);
    hosted_write(&self, "mail.lic", mail, 9 + sizeof FILE_COUNTED);
    CHECK(nodelock_std_read_license(&self.host, hosted_path(&self, "mail.lic"), NULL, 0, &len) ==
          NODELOCK_ERR_BUFFER);
    CHECK(len > 100 && len < 9 + sizeof FILE_COUNTED);
    CHECK(nodelock_std_read_license(&self.host, hosted_path(&self, "mail.lic"), bytes, sizeof bytes,
                                    &len) == NODELOCK_OK);
    CHECK(len > 100 && bytes[0] != 'H' && memcmp(bytes, "LICENSE 1 ", 10) == 0);
    CHECK(nodelock_std_read_license(&self.host, "", bytes, sizeof bytes, &len) ==
          NODELOCK_ERR_EMPTY);
}

static void first_boot(void)
{
    char command[400];
    struct stat before;
    struct stat after;
    uint32_t done = 77;

    hosted_boot(&self);
    /* For this user alone. */
    CHECK(stat(hosted_path(&self, "var/licenses"), &before) == 0 && (before.st_mode & 0777) == 0700);
    CHECK(stat(hosted_path(&self, "var/licenses/lock"), &before) == 0 && (before.st_mode & 0777) == 0600);
    CHECK(nodelock_agent_granted(&self.board.agent, VOICE, NODELOCK_UPTIME(0)) != NODELOCK_GRANTED);
    CHECK(hosted_command(&self, "explain voice", "no installed line") == 0);

    read_by_the_program();
    FROM_FILE("counted.lic", FILE_COUNTED);
    CHECK(hosted_command(&self, command, "2/2 installed") == 1);
    CHECK(hosted_command(&self, command, "2/2 existing") == 1);
    FROM_FILE("tampered.lic", FILE_TAMPERED);
    CHECK(hosted_command(&self, command, "1/1 failed") == 0);
    CHECK(hosted_command(&self, "license install nowhere.lic", "cannot read nowhere.lic") == 0);
    CHECK(hosted_command(&self, "explain voice", "voice") == 1);
    CHECK(hosted_command(&self, "show license", "voice") == 1);
    CHECK(nodelock_agent_granted(&self.board.agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_GRANTED);

    /* What is no command says what is one. */
    CHECK(hosted_run(&self, "make coffee", &done) == NODELOCK_ERR_NO_SUCH_COMMAND && done == 77);
    CHECK(strstr(self.printed, "make coffee") && strstr(self.printed, "explain, help, license or show"));
    CHECK(hosted_run(&self, "", &done) == NODELOCK_ERR_NO_SUCH_COMMAND && done == 77);
    CHECK(hosted_run(&self, "explain \xFF", &done) == NODELOCK_ERR_NO_SUCH_COMMAND && done == 77);
    CHECK(strstr(self.printed, "UTF-8") != NULL);

    /* An agreement without a text, with a no, with a yes. */
    FROM_FILE("mirror.lic", FILE_RIGHT_TO_USE);
    CHECK(hosted_command(&self, command, "1/1 installed") == 1);
    self.agreement = NULL;
    CHECK(hosted_command(&self, "license accept end user agreement", "no text of the agreement mirror-2026") == 0);
    CHECK(self.questions == 0);
    self.agreement = "Be nice.\n";
    CHECK(hosted_command(&self, "license accept end user agreement mirror", "not accepted") == 0);
    CHECK(self.questions == 1 && strstr(self.question, "mirror-2026 for mirror?") != NULL);
    self.answer = -1;
    CHECK(hosted_command(&self, "license accept end user agreement mirror", "not accepted") == 0);
    self.answer = 1;
    CHECK(hosted_command(&self, "license accept end user agreement mirror", "mirror: accepted") == 1);
    CHECK(self.questions == 3);
    self.console.confirm = NULL;
    self.console.eula = NULL;
    CHECK(hosted_command(&self, "license accept end user agreement", "no agreement to accept") == 1);

    /* Jobs wait until they are run. */
    CHECK(snprintf(command, sizeof command, "license job backup %s",
                   hosted_path(&self, "backup.lic")) > 0);
    CHECK(hosted_command(&self, command, "job 1: backup") == 1);
    CHECK(hosted_command(&self, "license job run", "successful") == 1);
    CHECK(hosted_command(&self, "show license jobs", "backup") == 1);
    CHECK(strstr(hosted_read(&self, "backup.lic"), "LICENSE 1 mirror 1.0") != NULL);

    /* The file for people is written when it would say something else. */
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "now.lic")) == NODELOCK_OK);
    CHECK(strstr(hosted_read(&self, "now.lic"), "LICENSE 1 voice 2.1 permanent 16") != NULL);
    CHECK(stat(hosted_path(&self, "now.lic"), &before) == 0);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "now.lic")) == NODELOCK_OK);
    CHECK(stat(hosted_path(&self, "now.lic"), &after) == 0 && before.st_ino == after.st_ino);
    CHECK(hosted_command(&self, "license clear mirror", "cleared") == 1);
    CHECK(nodelock_std_keep_license_file(&self.host, &self.board.agent,
                                         hosted_path(&self, "now.lic")) == NODELOCK_OK);
    CHECK(strstr(hosted_read(&self, "now.lic"), "mirror") == NULL);
    CHECK(nodelock_std_last_error(&self.host)[0] == 0);
    hosted_end(&self);
}

static void second_boot(void)
{
    hosted_boot(&self);
    CHECK(nodelock_agent_granted(&self.board.agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_GRANTED);
    CHECK(hosted_command(&self, "license acquire voice 24", "24 of voice acquired") == 1);
    CHECK(hosted_command(&self, "license acquire voice 1", "refused") == 0);
    CHECK(hosted_command(&self, "license job run", "no job waits") == 1);
    CHECK(hosted_command(&self, "show license history", "mirror") == 1);
    hosted_end(&self);
}

static int32_t opened(nodelock_std_host *other, char *why, size_t why_len)
{
    return nodelock_std_open(other, sizeof *other, hosted_path(&self, "var/licenses"), NULL, why,
                             why_len);
}

static int status_of(pid_t child)
{
    int status = 0;

    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

static void others(void)
{
    nodelock_std_host other;
    char why[300];
    int to_child[2];
    int to_parent[2];
    char byte;
    pid_t child;

    memset(&other, 0x5A, sizeof other);
    hosted_boot(&self);

    /* Not twice here. */
    memset(why, 'x', sizeof why);
    CHECK(opened(&other, why, sizeof why) == NODELOCK_ERR_STORAGE_IN_USE);
    CHECK(strstr(why, "in use") && strstr(why, "/var/licenses") && strlen(why) < sizeof why);
    CHECK(nodelock_std_close(&other) == NODELOCK_ERR_NOT_INITIALIZED);

    /* Not in another process. */
    child = fork();
    if (child == 0) {
        _exit(opened(&other, why, sizeof why) == NODELOCK_ERR_STORAGE_IN_USE ? 0 : 1);
    }
    CHECK(status_of(child) == 0);

    /* A child that closes what it has of its parent takes nothing away. */
    child = fork();
    if (child == 0) {
        _exit(nodelock_std_close(&self.host) == NODELOCK_OK ? 0 : 1);
    }
    CHECK(status_of(child) == 0);
    CHECK(opened(&other, NULL, 0) == NODELOCK_ERR_STORAGE_IN_USE);

    /* A child has the lock as well, until it ends. */
    CHECK(pipe(to_child) == 0);
    child = fork();
    if (child == 0) {
        CHECK(close(to_child[1]) == 0);
        _exit(read(to_child[0], &byte, 1) == 0 ? 0 : 1);
    }
    CHECK(close(to_child[0]) == 0);
    hosted_end(&self);
    CHECK(opened(&other, NULL, 0) == NODELOCK_ERR_STORAGE_IN_USE);
    CHECK(close(to_child[1]) == 0);
    CHECK(status_of(child) == 0);
    CHECK(opened(&other, NULL, 0) == NODELOCK_OK);
    CHECK(nodelock_std_user(&other) == NULL);
    CHECK(nodelock_std_close(&other) == NODELOCK_OK);

    /* A process that is killed leaves no lock. */
    CHECK(pipe(to_parent) == 0);
    child = fork();
    if (child == 0) {
        byte = opened(&other, NULL, 0) == NODELOCK_OK ? 1 : 2;
        CHECK(write(to_parent[1], &byte, 1) == 1);
        for (;;) {
            (void)pause();
        }
    }
    CHECK(read(to_parent[0], &byte, 1) == 1 && byte == 1);
    CHECK(opened(&other, NULL, 0) == NODELOCK_ERR_STORAGE_IN_USE);
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(WIFSIGNALED(status_of(child)));
    CHECK(opened(&other, NULL, 0) == NODELOCK_OK);
    CHECK(nodelock_std_close(&other) == NODELOCK_OK);
    CHECK(close(to_parent[0]) == 0 && close(to_parent[1]) == 0);
}

/* Two devices in one process, and an agent that keeps its licenses elsewhere. */
static void side_by_side(void)
{
    static hosted second;
    uint32_t done = 77;

    hosted_make(&second);
    hosted_boot(&self);
    hosted_boot(&second);
    CHECK(hosted_command(&self, "explain voice", "voice") == 1);
    CHECK(hosted_command(&second, "explain voice", "no installed line") == 0);
    CHECK(nodelock_std_run(&second.host, &self.board.agent, &self.board.now, "explain voice",
                           &second.console, &done) == NODELOCK_OK);
    CHECK(done == 1);
    hosted_end(&second);
    hosted_end(&self);
    hosted_remove(second.folder);
}

static void clocks(void)
{
    nodelock_now now;
    nodelock_now later;

    memset(&now, 0xA5, sizeof now);
    CHECK(nodelock_std_now(&now) == NODELOCK_OK && nodelock_std_now(&later) == NODELOCK_OK);
    CHECK(now.wall_known == 1 && now.wall >= 1767225600u && now.reserved == 0);
    CHECK(later.uptime.seconds >= now.uptime.seconds && later.uptime.seconds - now.uptime.seconds < 3600);
    hosted_boot(&self);
    CHECK(nodelock_agent_tick(&self.board.agent, &now) == NODELOCK_OK);
    hosted_end(&self);
}

int main(void)
{
    hosted_make(&self);
    first_boot();
    second_boot();
    others();
    side_by_side();
    clocks();
    hosted_remove(self.folder);
    return 0;
}
