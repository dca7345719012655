"""The options under which a few tests of one file could not be run by themselves, however they came to be set."""


FOREVER_S = 10**9


def overrule(config, collect_only):
    option = config.option
    # Of pytest itself: it would stop early, wait for a keyboard, leave out what passed last time, or overwrite the
    # report of the whole suite with one of a few tests.
    option.collectonly = collect_only
    option.maxfail = 0
    option.usepdb = option.trace = False
    option.setuponly = option.setupshow = option.setupplan = False
    option.xmlpath = None
    # Each process would empty the folder of all the others.
    option.basetemp = None
    for name in ("lf", "failedfirst", "newfirst", "stepwise", "stepwise_skip"):
        if hasattr(option, name):
            setattr(option, name, False)
    # Of pytest-xdist: these tests are one unit of work, and their processes would be in the same cage.
    if hasattr(option, "numprocesses"):
        option.numprocesses = 0
        option.dist = "no"
        option.tx = []
    if hasattr(option, "looponfail"):
        option.looponfail = False
    # Of pytest-html, for the same reason as the other report.
    if hasattr(option, "htmlpath"):
        option.htmlpath = None


def without_coverage(early_config):
    """Pytest-cov writes one file in the project's folder, which processes side by side would spoil for each other."""
    early_config.known_args_namespace.no_cov = True


def without_timeouts(config):
    """Of pytest-timeout, what counts for all tests together."""
    if hasattr(config.option, "session_timeout"):
        config.option.session_timeout = FOREVER_S


def hush(config):
    """What the terminal would be told is told by events; the plugin itself stays, because others look for it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    writer = getattr(reporter, "_tw", None)
    if writer is not None:
        writer._file = Nowhere()


class Nowhere:
    encoding = "utf-8"

    def write(self, text):
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False
