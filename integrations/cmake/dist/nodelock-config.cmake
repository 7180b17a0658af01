# find_package(nodelock) from an unpacked archive, or add_subdirectory of it, gives the target nodelock::nodelock, and
# says in nodelock_HOSTED whether it has the functions of nodelock_std.h. Set before it, as needed:
#
#     NODELOCK_TARGET   host, or another directory of lib/, e.g. thumbv7em-none-eabi (README.md: which processor has which)
#     NODELOCK_PROFILE  agent (everything) or check (lines in flash)
#     NODELOCK_CRYPTO   p256, pinned, sha256 or callback; if it is not set, pinned on bare metal and p256 elsewhere
#     NODELOCK_DSP      ON, with pinned on thumbv8m.main: the processor (Cortex-M33 and others) has the DSP extension
#     NODELOCK_TESTING  ON: with the test kit of nodelock_testing.h; not for products
#
# or say it with find_package(nodelock COMPONENTS check pinned): agent, check, p256, pinned, sha256, callback, dsp and
# testing are its components.

# What a call before has found, and what components ask for, is for that one call.
set(nodelock_FOUND TRUE)
unset(nodelock_NOT_FOUND_MESSAGE)
set(_nodelock_profile "${NODELOCK_PROFILE}")
set(_nodelock_crypto "${NODELOCK_CRYPTO}")
set(_nodelock_dsp "${NODELOCK_DSP}")
set(_nodelock_testing "${NODELOCK_TESTING}")
foreach(_nodelock_component IN LISTS nodelock_FIND_COMPONENTS)
    if(_nodelock_component MATCHES "^(agent|check)$")
        set(_nodelock_profile "${_nodelock_component}")
    elseif(_nodelock_component MATCHES "^(p256|pinned|sha256|callback)$")
        set(_nodelock_crypto "${_nodelock_component}")
    elseif(_nodelock_component STREQUAL "dsp")
        set(_nodelock_dsp ON)
    elseif(_nodelock_component STREQUAL "testing")
        set(_nodelock_testing ON)
    elseif(nodelock_FIND_REQUIRED_${_nodelock_component})
        set(nodelock_FOUND FALSE)
        set(nodelock_NOT_FOUND_MESSAGE "there is no component ${_nodelock_component}")
        return()
    endif()
endforeach()

if(NOT DEFINED NODELOCK_TARGET)
    if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
        set(nodelock_FOUND FALSE)
        set(nodelock_NOT_FOUND_MESSAGE "say which library: set(NODELOCK_TARGET thumbv7em-none-eabi)")
        return()
    endif()
    set(NODELOCK_TARGET host)
endif()
# Names of targets without an operating system have this in the middle.
if(NODELOCK_TARGET MATCHES "-none")
    set(_nodelock_has_system FALSE)
else()
    set(_nodelock_has_system TRUE)
endif()
if(NOT _nodelock_profile)
    set(_nodelock_profile agent)
endif()
if(NOT _nodelock_crypto)
    if(_nodelock_has_system)
        set(_nodelock_crypto p256)
    else()
        set(_nodelock_crypto pinned)
    endif()
endif()

get_filename_component(_nodelock_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(_nodelock_kind "${_nodelock_profile}-${_nodelock_crypto}")
if(_nodelock_dsp)
    string(APPEND _nodelock_kind "-dsp")
endif()
if(_nodelock_testing)
    string(APPEND _nodelock_kind "-testing")
endif()
set(_nodelock_library "${_nodelock_root}/lib/${NODELOCK_TARGET}/${_nodelock_kind}/libnodelock.a")
if(NOT EXISTS "${_nodelock_library}")
    set(nodelock_FOUND FALSE)
    set(nodelock_NOT_FOUND_MESSAGE "this archive has no ${_nodelock_library}")
    return()
endif()

# One target is one library. Whoever names none takes the one that is there.
if(TARGET nodelock::nodelock)
    get_target_property(_nodelock_there nodelock::nodelock IMPORTED_LOCATION)
    if(nodelock_FIND_COMPONENTS AND NOT _nodelock_there STREQUAL _nodelock_library)
        set(nodelock_FOUND FALSE)
        set(nodelock_NOT_FOUND_MESSAGE
            "nodelock::nodelock is ${_nodelock_there} already, and not ${_nodelock_library}: ask for the same components \
everywhere, at the first find_package")
        return()
    endif()
endif()
foreach(_nodelock_component IN LISTS nodelock_FIND_COMPONENTS)
    if(_nodelock_component MATCHES "^(agent|check|p256|pinned|sha256|callback|dsp|testing)$")
        set(nodelock_${_nodelock_component}_FOUND TRUE)
    endif()
endforeach()

if(_nodelock_has_system AND _nodelock_profile STREQUAL "agent")
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
    # Every function of the header has a section of its own; without this all of them land in the image.
    if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
        set_property(TARGET nodelock::nodelock PROPERTY INTERFACE_LINK_OPTIONS "LINKER:-dead_strip")
    elseif(NOT MSVC)
        set_property(TARGET nodelock::nodelock PROPERTY INTERFACE_LINK_OPTIONS "LINKER:--gc-sections")
    endif()
    if(_nodelock_has_system)
        # What Rust's standard library wants of the system.
        include(CMakeFindDependencyMacro)
        find_dependency(Threads)
        set_property(TARGET nodelock::nodelock PROPERTY
            INTERFACE_LINK_LIBRARIES Threads::Threads ${CMAKE_DL_LIBS} $<$<PLATFORM_ID:Linux>:m>)
    endif()
endif()
