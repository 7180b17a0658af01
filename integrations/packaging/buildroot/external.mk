include $(sort $(wildcard $(BR2_EXTERNAL_NODELOCK_PATH)/package/*/*.mk))
