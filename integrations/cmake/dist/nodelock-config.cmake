# find_package(nodelock) from an unpacked archive gives the target nodelock::nodelock, and says in nodelock_HOSTED
# whether it has the functions of nodelock_std.h. Set before it, as needed:
#
#     NODELOCK_TARGET   host, or another directory of lib/, e.g. thumbv7em-none-eabi
#     NODELOCK_PROFILE  agent (everything) or check (lines in flash)
#     NODELOCK_CRYPTO   p256, pinned, sha256 or callback
#     NODELOCK_DSP      ON, with pinned on thumbv8m.main: the processor (Cortex-M33 and others) has the DSP extension

if(NOT DEFINED NODELOCK_TARGET)
    if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
        set(nodelock_FOUND FALSE)
        set(nodelock_NOT_FOUND_MESSAGE "say which library: set(NODELOCK_TARGET thumbv7em-none-eabi)")
        return()
    endif()
    set(NODELOCK_TARGET host)
endif()
if(NOT DEFINED NODELOCK_PROFILE)
    set(NODELOCK_PROFILE agent)
endif()
if(NOT DEFINED NODELOCK_CRYPTO)
    set(NODELOCK_CRYPTO p256)
endif()

get_filename_component(_nodelock_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(_nodelock_kind "${NODELOCK_PROFILE}-${NODELOCK_CRYPTO}")
if(NODELOCK_DSP)
    string(APPEND _nodelock_kind "-dsp")
endif()
set(_nodelock_library "${_nodelock_root}/lib/${NODELOCK_TARGET}/${_nodelock_kind}/libnodelock.a")
if(NOT EXISTS "${_nodelock_library}")
    set(nodelock_FOUND FALSE)
    set(nodelock_NOT_FOUND_MESSAGE "this archive has no ${_nodelock_library}")
    return()
endif()

# Names of targets without an operating system have this in the middle.
if(NODELOCK_TARGET MATCHES "-none")
    set(_nodelock_has_system FALSE)
else()
    set(_nodelock_has_system TRUE)
endif()
if(_nodelock_has_system AND NODELOCK_PROFILE STREQUAL "agent")
    set(nodelock_HOSTED TRUE)
else()
    set(nodelock_HOSTED FALSE)
endif()

if(NOT TARGET nodelock::nodelock)
    add_library(nodelock::nodelock STATIC IMPORTED)
    set_target_properties(nodelock::nodelock PROPERTIES
        IMPORTED_LOCATION "${_nodelock_library}"
        IMPORTED_LINK_INTERFACE_LANGUAGES "C"
        INTERFACE_INCLUDE_DIRECTORIES "${_nodelock_root}/include")
    if(_nodelock_has_system)
        # What Rust's standard library wants of the system.
        include(CMakeFindDependencyMacro)
        find_dependency(Threads)
        set_property(TARGET nodelock::nodelock PROPERTY
            INTERFACE_LINK_LIBRARIES Threads::Threads ${CMAKE_DL_LIBS} $<$<PLATFORM_ID:Linux>:m>)
    endif()
endif()
